# SPDX-License-Identifier: MIT
"""Draws plots as SVG: grouped bars, and lines, on logarithmic axes. Greys and colours are visible
on light and on dark pages; every plot has a title and a description for screen readers.
"""
import math
from xml.sax.saxutils import escape, quoteattr

INK = "#7b818a"  # 4 to 1 against white, 4.7 to 1 against the black of dark pages
COLOURS = ("#1f83c9", "#d55e00", "#009e73", "#a35fb0")  # distinct for the colour-blind too
WIDTH, HEADER = 900, 64  # of a plot, and of its title and legend
LEFT, RIGHT = 62, 14  # margins beside the plot, the labels of the axis included


def figure(value):
    """A coordinate, rounded to a tenth of a pixel and written as short as possible."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def scaled(value, units):
    """A number in the largest of its units that leaves at least 1."""
    scale, unit = next((pair for pair in units if value >= pair[0] * 0.999), units[-1])
    return f"{value / scale:.3g}{unit}"


def time_label(microseconds):
    return scaled(microseconds, ((1e6, " s"), (1e3, " ms"), (1, " µs"), (1e-3, " ns")))


def count_label(count):
    return scaled(count, ((1e6, " M"), (1e3, " k"), (1, "")))


class Drawing:
    """An SVG to which elements are added."""

    def __init__(self, height, title, description):
        self.head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {figure(height)}" '
            f'width="{WIDTH}" height="{figure(height)}" role="img" aria-labelledby="title about" '
            f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}">\n'
            f'<title id="title">{escape(title)}</title>\n'
            f'<desc id="about">{escape(description)}</desc>\n')
        self.parts = []
        self.text(LEFT, 22, title, font_size=15, font_weight="bold")

    def add(self, tag, content="", **attributes):
        """Adds an element. In names of attributes _ becomes a hyphen; numbers are coordinates."""
        start = f"<{tag}"
        for name, value in attributes.items():
            value = quoteattr(value if isinstance(value, str) else figure(value))
            start += f" {name.replace('_', '-')}={value}"
        self.parts.append(f"{start}>{content}</{tag}>\n" if content else f"{start}/>\n")

    def text(self, x, y, content, **attributes):
        self.add("text", escape(content), x=x, y=y, **attributes)

    def grid(self, path):
        self.add("path", d=path, stroke=INK, stroke_opacity="0.3", fill="none")

    def legend(self, names):
        """Adds the names of the series with their marks, in a row below the title."""
        x = LEFT
        for number, name in names:
            marker(self, number, x + 5, 41)
            self.text(x + 16, 45, name)
            x += 34 + 7 * len(name)

    def svg(self):
        return self.head + "".join(self.parts) + "</svg>\n"


def marker(drawing, number, x, y):
    """Adds the mark of a series, which differs in colour and shape."""
    shape = ("m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "m-4-4h8v8h-8z", "m0-5l5 9h-10z",
             "m0-5l5 5l-5 5l-5-5z")[number % 4]
    drawing.add("path", d=f"M{figure(x)} {figure(y)}{shape}", fill=COLOURS[number % len(COLOURS)])


class Axis:
    """A logarithmic axis from one pixel to another. A whole axis spans powers of ten and leaves
    room below the smallest value, so that its bar is visible; any other spans the values alone."""

    def __init__(self, values, start, end, whole=True):
        lowest, highest = math.log10(min(values)), math.log10(max(values))
        if whole:
            lowest = math.floor(lowest - 0.15)
            highest = max(math.ceil(highest), lowest + 1)
        self.lowest, self.highest = lowest, max(highest, lowest + 0.01)
        self.start, self.end = start, end

    def at(self, value):
        fraction = (math.log10(value) - self.lowest) / (self.highest - self.lowest)
        return self.start + fraction * (self.end - self.start)

    def ticks(self):
        """The powers of ten on the axis."""
        return [10.0 ** power for power in range(math.ceil(self.lowest - 0.01),
                                                 math.floor(self.highest + 0.01) + 1)]


def present(series):
    """[(number, name)] of the series that have a value."""
    return [(number, name) for number, (name, values) in enumerate(series.items())
            if any(value is not None for value in values)]


def horizontal_grid(drawing, axis, left, right, labelled=True):
    drawing.grid("".join(f"M{figure(left)} {figure(axis.at(tick))}H{figure(right)}"
                         for tick in axis.ticks()))
    for tick in axis.ticks() if labelled else ():
        drawing.text(left - 8, axis.at(tick) + 4, time_label(tick), text_anchor="end")


def bars(title, description, groups, series, labels):
    """A plot of times as groups of bars. `series` is {name: [microseconds or None]} with a value
    for each of `groups`; `labels` has the same shape and holds the texts above the bars."""
    top, bottom, height = HEADER + 20, 340, 366
    drawing = Drawing(height, title, description)
    shown = present(series)
    axis = Axis([value for values in series.values() for value in values if value], bottom, top)
    horizontal_grid(drawing, axis, LEFT, WIDTH - RIGHT)
    drawing.legend(shown)
    pitch = (WIDTH - RIGHT - LEFT) / len(groups)
    width = min(pitch * 0.8 / len(shown), 60)
    for group, name in enumerate(groups):
        middle = LEFT + (group + 0.5) * pitch
        drawing.text(middle, bottom + 18, name, text_anchor="middle")
        for place, (number, engine) in enumerate(shown):
            value = series[engine][group]
            if value is None:
                continue
            x = middle + (place - len(shown) / 2) * width
            drawing.add("rect", x=x + 1, y=axis.at(value), width=width - 2,
                        height=bottom - axis.at(value), fill=COLOURS[number % len(COLOURS)])
            drawing.text(x + width / 2, axis.at(value) - 5, labels[engine][group],
                         text_anchor="middle", font_size=10)
    return drawing.svg()


def panel(drawing, name, axes, xs, series, labelled):
    """Draws one panel of lines(): the grid, the labels, and a line for each series."""
    across, up = axes
    horizontal_grid(drawing, up, across.start - 8, across.end + 8, labelled)
    drawing.text(across.start - 8, up.end - 10, name, font_weight="bold")
    for tick in across.ticks():
        drawing.text(across.at(tick), up.start + 18, count_label(tick), text_anchor="middle")
    for number, engine in present(series):
        points = [(across.at(x), up.at(value)) for x, value in zip(xs, series[engine])
                  if value is not None]
        drawing.add("polyline", points=" ".join(f"{figure(x)},{figure(y)}" for x, y in points),
                    fill="none", stroke=COLOURS[number % len(COLOURS)], stroke_width=2)
        for x, y in points:
            marker(drawing, number, x, y)


def lines(title, description, xs, panels):
    """A plot of times over counts, in panels of the same scale: {name: {series: [microseconds or
    None]}} with a value for each of the ascending `xs`."""
    columns, row, tall = 4, 220, 150
    drawing = Drawing(HEADER + row * math.ceil(len(panels) / columns), title, description)
    drawing.legend(present(next(iter(panels.values()))))
    values = [value for series in panels.values() for found in series.values()
              for value in found if value]
    pitch = (WIDTH - LEFT - RIGHT) / columns
    for number, (name, series) in enumerate(panels.items()):
        left = LEFT + number % columns * pitch
        top = HEADER + 34 + number // columns * row
        axes = (Axis(xs, left + 8, left + pitch - 28, whole=False), Axis(values, top + tall, top))
        panel(drawing, name, axes, xs, series, labelled=number % columns == 0)
    return drawing.svg()
