// Draws an APL document as an Echo Show does, for the components that Cancer Guide uses: Container, Text, Frame,
// ScrollView, Sequence, TouchWrapper, and layouts of the document's own. Values are set as style properties, never as
// markup.

import { element } from "./elements.js";
import { bound } from "./expression.js";

const hub = { shape: "rectangle", mode: "hub", theme: "dark", dpi: 160 };

/** The devices that a screen can be drawn as. */
export const VIEWPORTS = {
  round: { ...hub, name: "round, 480 × 480", width: 480, height: 480, shape: "round" },
  small: { ...hub, name: "small, 960 × 480", width: 960, height: 480 },
  medium: { ...hub, name: "medium, 1024 × 600", width: 1024, height: 600 },
  large: { ...hub, name: "large, 1280 × 800", width: 1280, height: 800 },
  wall: { ...hub, name: "on the wall, 1920 × 1080", width: 1920, height: 1080 },
  upright: { ...hub, name: "upright, 1080 × 1920", width: 1080, height: 1920 },
  tv: { ...hub, name: "TV, 960 × 540", width: 960, height: 540, mode: "tv" },
};

let viewport = VIEWPORTS.medium; // that of the drawing under way, which is done before another begins

/** The RenderDocument directive of a response, if it has one. */
export function screenOf(response) {
  const directives = response.response?.directives ?? [];
  return directives.find((directive) => directive.type === "Alexa.Presentation.APL.RenderDocument") ?? null;
}

/** A directive drawn as a device shows it; `touched(arguments)` is called for a touch. */
export function drawn(directive, device, touched) {
  viewport = device;
  const { document: apl, datasources = {} } = directive;
  const globals = { viewport, environment: { allowOpenURL: false, aplVersion: apl.version }, state: {} };
  const resources = {};
  const names = (scope) => (name) => (name.startsWith("@") ? resources[name.slice(1)] : (scope[name] ?? globals[name]));
  for (const block of apl.resources ?? []) {
    if (block.when !== undefined && !bound(block.when, names({}))) continue;
    for (const kind of ["colors", "dimensions", "strings", "booleans", "numbers"]) {
      for (const [name, value] of Object.entries(block[kind] ?? {})) resources[name] = bound(value, names({}));
    }
  }
  const drawing = { apl, names, touched };
  const stage = element("div", { class: "apl-stage" });
  const scope = { payload: datasources };
  const [top] = apl.mainTemplate.parameters ?? [];
  if (top) scope[typeof top === "string" ? top : top.name] = datasources;
  stage.append(...one(itemsOf(apl.mainTemplate), scope, drawing, { direction: "column" }));
  return stage;
}

/** The first item whose condition holds, drawn; as a list of no or one node. */
function one(items, scope, drawing, parent) {
  const item = items.find((each) => holds(each, scope, drawing));
  return item ? component(item, scope, drawing, parent) : [];
}

const holds = (item, scope, { names }) => item.when === undefined || Boolean(bound(item.when, names(scope)));

function itemsOf(holder) {
  const items = holder.items ?? holder.item ?? [];
  return Array.isArray(items) ? items : [items];
}

/** All children of a container: for each of its data the first item that fits, else every item that does. */
function children(item, scope, drawing, parent) {
  const look = drawing.names(scope);
  const items = itemsOf(item);
  const data = item.data === undefined ? null : bound(item.data, look);
  const nodes = Array.isArray(data)
    ? data.map((each, index) => one(items, { ...scope, data: each, index, length: data.length }, drawing, parent))
    : items.filter((each) => holds(each, scope, drawing)).map((each) => component(each, scope, drawing, parent));
  const placed = nodes.flat();
  const first = placed[0];
  if (first) first.style.marginTop = first.style.marginLeft = "0"; // spacing stands between, never before
  return placed;
}

function component(item, scope, drawing, parent) {
  const layout = drawing.apl.layouts?.[item.type];
  if (layout) {
    const inner = { ...scope };
    for (const parameter of layout.parameters ?? []) {
      const name = typeof parameter === "string" ? parameter : parameter.name;
      inner[name] = bound(item[name] ?? parameter.default, drawing.names(scope));
    }
    return one(itemsOf(layout), inner, drawing, parent);
  }
  const draw = COMPONENTS[item.type];
  if (!draw) return [];
  const { items, item: only, data, onPress, ...plain } = item;
  const looks = { ...styled(item.style, scope, drawing), ...bound(plain, drawing.names(scope)) };
  const node = draw(item, looks, scope, drawing);
  place(node, looks, parent);
  return [node];
}

/** What a style of the document gives, for a component that is neither pressed nor focused. */
function styled(name, scope, { apl, names }) {
  const style = apl.styles?.[name];
  if (!style) return {};
  const fitting = (style.values ?? [style]).filter((value) => value.when === undefined || bound(value.when, names(scope)));
  return bound(Object.assign({}, ...fitting.map(({ when, ...values }) => values)), names(scope));
}

const COMPONENTS = {
  Container(item, looks, scope, drawing) {
    const node = element("div", { class: "apl-container" });
    const direction = looks.direction ?? "column";
    node.style.flexDirection = { row: "row", rowReverse: "row-reverse", columnReverse: "column-reverse" }[direction] ?? "column";
    node.style.justifyContent = FLEX[looks.justifyContent] ?? "";
    node.style.alignItems = FLEX[looks.alignItems] ?? "";
    node.append(...children(item, scope, drawing, { direction }));
    return node;
  },
  Sequence(item, looks, scope, drawing) {
    const node = COMPONENTS.Container(item, { ...looks, direction: looks.scrollDirection === "horizontal" ? "row" : "column" }, scope, drawing);
    node.classList.add("apl-scroll");
    node.tabIndex = 0;
    return node;
  },
  ScrollView(item, looks, scope, drawing) {
    const node = element("div", { class: "apl-container apl-scroll", tabindex: "0", role: "group", "aria-label": "Part of the screen that scrolls" });
    node.append(...one(itemsOf(item), scope, drawing, { direction: "column" }));
    return node;
  },
  Frame(item, looks, scope, drawing) {
    const node = element("div", { class: "apl-container" });
    const { style } = node;
    style.backgroundColor = looks.backgroundColor ?? looks.background ?? "";
    style.borderRadius = length(looks.borderRadius);
    if (looks.borderWidth) style.border = `${length(looks.borderWidth)} solid ${looks.borderColor ?? "transparent"}`;
    node.append(...one(itemsOf(item), scope, drawing, { direction: "column" }));
    return node;
  },
  TouchWrapper(item, looks, scope, drawing) {
    const node = element("button", { type: "button", class: "apl-container apl-touch" });
    node.append(...one(itemsOf(item), scope, drawing, { direction: "column" }));
    if (!node.textContent && looks.accessibilityLabel) node.setAttribute("aria-label", looks.accessibilityLabel);
    const commands = [item.onPress ?? []].flat();
    const event = commands.find((command) => command.type === "SendEvent");
    if (event) {
      const given = bound(event.arguments ?? [], drawing.names(scope));
      node.addEventListener("click", () => drawing.touched(given.map(String)));
    }
    return node;
  },
  Text(item, looks) {
    const heading = looks.role === "header";
    const node = element("div", { class: "apl-text", role: heading ? "heading" : null, "aria-level": heading ? "4" : null });
    const { style } = node;
    node.textContent = read(looks.text ?? "");
    style.color = looks.color ?? "#fafafa";
    style.fontSize = length(looks.fontSize ?? "40dp");
    style.fontWeight = looks.fontWeight ?? "";
    style.fontStyle = looks.fontStyle ?? "";
    style.lineHeight = String(looks.lineHeight ?? 1.25);
    style.textAlign = looks.textAlign === "auto" ? "" : (looks.textAlign ?? "");
    if (looks.maxLines) {
      node.classList.add("apl-clamped");
      style.webkitLineClamp = String(looks.maxLines);
    }
    return node;
  },
};

const FLEX = { start: "flex-start", end: "flex-end", center: "center", stretch: "stretch", baseline: "baseline", spaceBetween: "space-between", spaceAround: "space-around" };
const SIDES = ["Left", "Top", "Right", "Bottom"];

/** What every component may say of its place. */
function place(node, looks, parent) {
  const { style } = node;
  for (const name of ["width", "height", "minWidth", "minHeight", "maxWidth", "maxHeight"]) {
    if (looks[name] !== undefined) style[name] = length(looks[name]);
  }
  for (const side of SIDES) {
    if (looks[`padding${side}`] !== undefined) style[`padding${side}`] = length(looks[`padding${side}`]);
  }
  if (looks.position === "absolute") {
    style.position = "absolute";
    for (const side of SIDES) style[side.toLowerCase()] = length(looks[side.toLowerCase()]);
  }
  if (looks.spacing !== undefined) style[parent.direction === "row" ? "marginLeft" : "marginTop"] = length(looks.spacing);
  style.flexGrow = looks.grow ?? "";
  style.flexShrink = looks.shrink ?? 0;
  style.alignSelf = FLEX[looks.alignSelf] ?? "";
  style.opacity = looks.opacity ?? "";
  if (looks.display === "none") style.display = "none";
  if (looks.display === "invisible") style.visibility = "hidden";
}

/** An APL dimension as CSS writes it. */
function length(value) {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return `${value}px`;
  const [, amount, unit] = /^(-?[\d.]+)(dp|px|vw|vh|%)?$/.exec(value) ?? [];
  if (amount === undefined) return value === "auto" ? "auto" : "";
  if (unit === "%") return value;
  const whole = { vw: viewport.width / 100, vh: viewport.height / 100 }[unit] ?? 1;
  return `${Number(amount) * whole}px`;
}

/** A Text's markup as plain words. */
function read(markup) {
  const html = String(markup).replace(/<br\s*\/?>/gi, "\n");
  return new DOMParser().parseFromString(html, "text/html").body.textContent;
}
