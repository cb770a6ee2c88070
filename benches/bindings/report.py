"""The section of docs/benchmarks.md and the chart beside it."""

import textwrap

import contenders

PAGE = contenders.ROOT / "docs" / "benchmarks.md"
CHART = contenders.ROOT / "docs" / "benchmarks.svg"
#: `cargo bench` writes the part above this mark, and knows the mark too.
MARK = "<!-- written by make bench-bindings -->"
RSA_LEAST = 0.97
#: A peer with this part of our rate, or more, is nearly equal.
NEARLY_EQUAL = 0.9


def write(languages, rates, starts, rounds, share, cold_starts):
    page = PAGE.read_text() if PAGE.exists() else ""
    PAGE.write_text(f"{page.partition(MARK)[0].rstrip()}\n\n{section(languages, rates, starts, rounds, share, cold_starts)}")
    CHART.write_text(chart(languages, rates, starts))
    print("written to docs/benchmarks.md and docs/benchmarks.svg")


def figure(rates, algorithm, contender, key):
    ratio = rates[algorithm].get((contender, key))
    return "" if ratio is None else f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"


def ours(language):
    return next(contender for contender in language.contenders if contender.ours)


def wrapped(text):
    return textwrap.fill(text, 140, break_long_words=False, break_on_hyphens=False)


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def section(languages, rates, starts, rounds, share, cold_starts):
    algorithms = list(rates)
    number_of_starts, ours_each, peers_each = rounds
    versions = "; ".join(
        f"{language.name} {language.version} with "
        + ", ".join(
            contender.name if contender.version == language.version else f"{contender.name} {contender.version}"
            for contender in language.contenders
        )
        for language in languages
    )
    lines = [
        MARK,
        "## From other languages",
        "",
        "`make bench-bindings` (`benches/bindings/run.py`) writes this section. It installs the packages that `make packages`",
        "builds, and compares them with libraries that users have today, the peers.",
        "",
        "![Assertions per second from each language, and cold starts](benchmarks.svg)",
        "",
        wrapped(f"Machine: {contenders.machine()}, shared with other work. {versions}."),
        "",
        "### Assertions per second",
        "",
        wrapped(
            "1 is the rate at which raw aws-lc-rs, with the key parsed beforehand, signs the same bytes. A call of our "
            "package passes no options, reads the JWT and closes the assertion. A peer makes the same claims. A round "
            "measures a program's rate, and the raw rate before and after it, all on one processor. It measures for 0.01 s "
            "with ES256 and for 0.03 s with RSA; the 0.003 s before that don't count, because another program's data is still "
            "in the caches. On a shared machine, other work takes part of the core most of the time, and slows an interpreter "
            "more than the signature. So only those rounds count in which both raw rates were near their best, here "
            f"{share:.0%} of all. The place of a process in memory changes its rate by some per cent, so all programs, "
            f"including the raw one, are started {number_of_starts} times. A figure is the median of the rounds that count: in "
            f"each start at least {ours_each} of ours and {peers_each} of a peer, or fewer if a peer is slow. Java runs for "
            "four seconds before it counts."
        ),
        "",
        row("", "measured", "target", ""),
        row(*4 * ["---"]),
    ]
    for language in languages:
        for algorithm in algorithms:
            least = language.least if algorithm == "ES256" else RSA_LEAST
            ratio = rates[algorithm][ours(language), "held"]
            lines.append(
                row(f"{language.name}, {algorithm}", f"{ratio:.3f}", f"≥ {least:.2f}", "met" if ratio >= least else "**missed**")
            )
    lines += [
        "",
        'The same figures beside those of the peers. "Held": the key is parsed once. "PEM": the PEM is passed at each call, as in',
        "the vendor's examples. Our package parses the key when the client is made.",
        "",
        row("", *(f"{algorithm}, {way}" for algorithm in algorithms for way in ("held", "PEM"))),
        row(*(1 + 2 * len(algorithms)) * ["---"]),
    ]
    for language in languages:
        for contender in language.contenders:
            name = f"**{contender.name}**" if contender.ours else contender.name
            lines.append(
                row(
                    f"{language.name}: {name}",
                    *(figure(rates, algorithm, contender, way) for algorithm in algorithms for way in ("held", "PEM")),
                )
            )
    lines += ["", *nearly_equal(languages, rates), ""]
    lines += [
        "### Cold start",
        "",
        "The time of a whole process that reads a PEM file, makes one ES256 assertion and ends. The programs take turns, and a",
        f"figure is the median of {cold_starts}. The time in brackets is without the interpreter's own start.",
        "",
        row("", "alone", *[""] * (most := max(len(language.contenders) for language in languages))),
        row(*(2 + most) * ["---"]),
    ]
    for language in languages:
        alone = starts[language.nothing]
        cells = [
            f"{'**' * contender.ours}{contender.name}{'**' * contender.ours}: {1000 * starts[contender]:.0f} ms "
            f"({1000 * (starts[contender] - alone):.0f})"
            for contender in language.contenders
        ]
        lines.append(row(language.name, f"{1000 * alone:.0f} ms", *cells, *[""] * (most - len(cells))))
    return "\n".join(lines) + "\n"


def nearly_equal(languages, rates):
    """A sentence that says where our package is hardly faster than a peer."""
    close = []
    for language in languages:
        for algorithm in list(rates)[1:]:
            held = {
                rates[algorithm][contender, "held"]: contender.name for contender in language.contenders if not contender.ours
            }
            if (best := max(held)) >= NEARLY_EQUAL * rates[algorithm][ours(language), "held"]:
                close.append(
                    f"{algorithm} from {language.name} ({held[best]}: {best:.2f}, ours {rates[algorithm][ours(language), 'held']:.2f})"
                )
    if not close:
        return []
    words = (
        "A program that already holds the key gains little with RSA, because the signature itself takes nearly all of the time. "
        "Nearly equal are "
    )
    return [wrapped(f"{words}{', '.join(close)}.")]


# The chart. It has its own background, because a page may be light although the system's theme is dark.
STYLE = """
  <style>
    svg { font: 12px system-ui, sans-serif; }
    .paper { fill: #ffffff; } text { fill: #24292f; } .faint { fill: #6e7781; } .line { stroke: #d0d7de; }
    .ours { fill: #0969da; } .held { fill: #8c959f; } .pem { fill: #c8ced5; }
    .title { font-weight: 600; font-size: 13px; } .value { font-size: 11px; } .bold { font-weight: 600; }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117; } text { fill: #e6edf3; } .faint { fill: #8d96a0; } .line { stroke: #30363d; }
      .ours { fill: #4493f8; } .held { fill: #7d8590; } .pem { fill: #484f58; }
    }
  </style>"""
NAMES, PANEL, GAP, BAR, ROW, TOP = 190, 190, 60, 10, 30, 64


def chart(languages, rates, starts):
    panels = [*(algorithm for algorithm in rates if algorithm != "PS256"), "cold start"]
    rows = sum(len(language.contenders) for language in languages) + len(languages)
    width = NAMES + len(panels) * (PANEL + GAP)
    height = TOP + rows * ROW + 40
    slowest = max(starts.values())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        "  <title>Assertions per second, beside raw aws-lc-rs, and cold starts</title>",
        STYLE.removeprefix("\n"),
        f'  <rect class="paper" width="{width}" height="{height}" rx="6"/>',
    ]

    def text(x, y, words, kind="", anchor="start"):
        parts.append(f'  <text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}">{words}</text>')

    def bar(x, y, length, kind, words):
        parts.append(f'  <rect x="{x}" y="{y}" width="{max(length, 1):.1f}" height="{BAR}" class="{kind}"/>')
        text(x + length + 4, y + BAR - 1, words, "value faint")

    lefts = [NAMES + number * (PANEL + GAP) for number in range(len(panels))]
    for left, panel in zip(lefts, panels):
        text(left, 26, panel, "title")
        text(
            left,
            42,
            "whole process, less is better" if panel == "cold start" else "1 = raw aws-lc-rs, more is better",
            "value faint",
        )
        parts.append(f'  <line x1="{left}" y1="{TOP - 8}" x2="{left}" y2="{height - 44}" class="line"/>')
        if panel != "cold start":
            parts.append(
                f'  <line x1="{left + PANEL}" y1="{TOP - 8}" x2="{left + PANEL}" y2="{height - 44}" class="line" stroke-dasharray="3"/>'
            )
    y = TOP
    for language in languages:
        text(12, y + 18, language.name, "title")
        y += ROW
        for contender in language.contenders:
            text(24, y + 16, contender.name, "bold" if contender.ours else "")
            for left, panel in zip(lefts, panels):
                if panel == "cold start":
                    seconds = starts[contender]
                    kind = "ours" if contender.ours else "held"
                    bar(left, y + 7, PANEL * seconds / slowest, kind, f"{1000 * seconds:.0f} ms")
                    continue
                for number, key in enumerate(("held", "PEM")):
                    if (ratio := rates[panel].get((contender, key))) is not None:
                        kind = "ours" if contender.ours else key.lower()
                        place = y + 7 if contender.ours else y + 1 + number * (BAR + 2)
                        bar(left, place, PANEL * ratio, kind, figure(rates, panel, contender, key))
            y += ROW
    x = NAMES
    for kind, words in (("ours", "ours"), ("held", "a peer, the key parsed once"), ("pem", "a peer, the PEM given at each call")):
        parts.append(f'  <rect x="{x}" y="{height - 24}" width="10" height="10" class="{kind}"/>')
        text(x + 15, height - 15, words, "value")
        x += 40 + 6 * len(words)
    return "\n".join([*parts, "</svg>", ""])
