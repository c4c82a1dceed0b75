// Building elements: text is only ever text.

/** An element with attributes and children; a property of null is left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])|(\+?\(?\d[\d() -]{5,}\d|\b(?:911|988|112|999|000|211|1-?800-[A-Z\d-]+)\b)/g;

/** `text` as nodes, its addresses as links and its telephone numbers as tel: links. */
export function linked(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const [all, url] = found;
    const digits = all.replace(/\D/g, "");
    if (!url && !isNumber(all, digits)) continue;
    nodes.push(text.slice(end, found.index));
    const link = url
      ? element("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, url)
      : element("a", { href: `tel:${all.trim().startsWith("+") ? "+" : ""}${digits}` }, all);
    nodes.push(link);
    end = found.index + all.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** A telephone number, not a year or a range of years. */
function isNumber(written, digits) {
  return digits.length === 3 || (digits.length >= 6 && digits.length <= 15 && !/^\d{4}\s?-\s?\d{4}$/.test(written));
}
