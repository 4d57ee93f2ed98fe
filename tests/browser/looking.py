"""What is looked at on every page: axe's rules, narrow and enlarged display, weight."""

from importlib.resources import files
from typing import Final

from playwright.async_api import Page

PAGE_BYTES_MAX: Final = 250_000
NARROW: Final = {"width": 320, "height": 640}
# A window of 1280 at 200 %: half as many pixels of CSS.
ENLARGED: Final = {"width": 640, "height": 450}
USUAL: Final = {"width": 1280, "height": 900}
_AXE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_ASK_AXE: Final = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .map(each => `${each.id} (${each.impact}): ${each.nodes.map(n => n.html).join(' | ')}`)"""
_SPILLS: Final = """() => {
  const wide = document.documentElement.clientWidth, found = []
  const across = document.scrollingElement.scrollWidth
  if (across > wide) found.push(`the page is ${across} wide in ${wide}`)
  const scrolls = e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)
  const inside = e => e !== document.body && (scrolls(e) || inside(e.parentElement))
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('.govuk-visually-hidden, .govuk-skip-link, svg') || !e.checkVisibility()) continue
    const style = getComputedStyle(e), box = e.getBoundingClientRect()
    const says = e.textContent.trim()
    const what = `${e.tagName.toLowerCase()}.${e.className}: ${says.slice(0, 60)}`
    if (box.width > 1 && box.right > wide + 1 && !inside(e)) found.push(`sticks out: ${what}`)
    const cuts = ['hidden', 'clip'].includes(style.overflowX) && e.scrollWidth > e.clientWidth + 1
    if (cuts && says) found.push(`is cut: ${what}`)
  }
  return found.slice(0, 4)
}"""
# Where no style says which, a browser takes its own, and that has serifs.
_IN_ANOTHER_TYPE: Final = """() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const says = texts.currentNode.textContent.trim(), e = texts.currentNode.parentElement
    if (!says || !e.checkVisibility()) continue
    const type = getComputedStyle(e).fontFamily
    if (!/^(arial|monospace)/i.test(type)) found.push(`is in ${type}: ${says.slice(0, 60)}`)
  }
  return found.slice(0, 4)
}"""
_WEIGHS: Final = """() => [...performance.getEntriesByType('navigation'),
  ...performance.getEntriesByType('resource')]
  .reduce((sum, e) => sum + e.encodedBodySize + 300, 0)"""


async def complaints_of_axe(page: Page) -> list[str]:
    """Return what axe finds at fault, of any impact, best practice included."""
    await page.evaluate(f"() => {{ if (!window.axe) {{ {_AXE} }} }}")
    found: list[str] = await page.evaluate(_ASK_AXE)
    return found


async def spills(page: Page) -> list[str]:
    """Return what does not fit: at 320 pixels, at 200 % zoom, and with text alone at 200 %."""
    found: list[str] = []
    for name, size in (("320 px", NARROW), ("zoom 200 %", ENLARGED)):
        await page.set_viewport_size(size)  # type: ignore[arg-type]  # a size as it is asked for
        found += [f"{name}: {each}" for each in await page.evaluate(_SPILLS)]
    await page.set_viewport_size(USUAL)  # type: ignore[arg-type]  # a size as it is asked for
    await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    found += [f"text 200 %: {each}" for each in await page.evaluate(_SPILLS)]
    await page.evaluate("() => { document.documentElement.style.fontSize = '' }")
    return found


async def complaints_of(page: Page) -> list[str]:
    """Return all that is at fault with a page as it stands."""
    found = [f"axe: {each}" for each in await complaints_of_axe(page)]
    found += await page.evaluate(_IN_ANOTHER_TYPE)
    found += await spills(page)
    weighs = await weight_of(page)
    if weighs > PAGE_BYTES_MAX:
        found.append(f"weighs {weighs} bytes")
    return found


async def weight_of(page: Page) -> int:
    """Return the bytes of a page and all it brings, as if nothing of it had been cached."""
    return int(await page.evaluate(_WEIGHS))


def told(found: dict[str, list[str]]) -> str:
    """Return faults by page, one a line, for whoever reads a red test."""
    return "\n".join(f"{name}: {each[:600]}" for name, faults in found.items() for each in faults)
