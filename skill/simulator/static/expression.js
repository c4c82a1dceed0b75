// APL's data-binding expressions, without eval: literals, names, @resources, members, operators, a few functions.

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(@?[A-Za-z_]\w*)|(&&|\|\||\?\?|[=!<>]=|[-+*/%<>!?:.,()[\]]))/y;
const LEVELS = [["??"], ["||"], ["&&"], ["==", "!="], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]];
const WORDS = { true: true, false: false, null: null, undefined: undefined };
const OPERATIONS = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};
const FUNCTIONS = {
  Math: { min: Math.min, max: Math.max, round: Math.round, floor: Math.floor, ceil: Math.ceil, abs: Math.abs },
  String: {
    length: (text) => String(text).length,
    toUpperCase: (text) => String(text).toUpperCase(),
    toLowerCase: (text) => String(text).toLowerCase(),
    slice: (text, ...places) => String(text).slice(...places),
  },
  Array: { length: (list) => list?.length ?? 0 },
};

/** `value` with every ${…} in it worked out by `look(name)`; a string that is one expression keeps its type. */
export function bound(value, look) {
  if (typeof value === "string") {
    if (value.startsWith("@")) return look(value);
    const whole = /^\$\{([^{}]*)\}$/.exec(value);
    return whole ? evaluated(whole[1], look) : value.replace(/\$\{([^{}]*)\}/g, (_, inner) => evaluated(inner, look) ?? "");
  }
  if (Array.isArray(value)) return value.map((part) => bound(part, look));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, bound(part, look)]));
  }
  return value;
}

function evaluated(text, look) {
  const tokens = tokensOf(text);
  let place = 0;
  const at = (sign) => tokens[place]?.sign === sign;
  const take = (sign) => at(sign) && Boolean((place += 1));

  function choice() {
    const condition = binary(0);
    if (!take("?")) return condition;
    const yes = choice();
    take(":");
    const no = choice();
    return condition ? yes : no;
  }
  function binary(level) {
    if (level === LEVELS.length) return unary();
    let left = binary(level + 1);
    for (let sign; (sign = LEVELS[level].find(at)); ) {
      place += 1;
      const right = binary(level + 1);
      if (sign === "&&") left = left && right;
      else if (sign === "||") left = left || right;
      else if (sign === "??") left = left ?? right;
      else left = OPERATIONS[sign](left, right);
    }
    return left;
  }
  function unary() {
    if (take("!")) return !unary();
    if (take("-")) return -unary();
    return members();
  }
  function members() {
    let value = primary();
    for (;;) {
      if (take(".")) value = member(value, tokens[place++]?.name);
      else if (take("[")) {
        value = member(value, choice());
        take("]");
      } else if (take("(")) {
        const given = [];
        while (place < tokens.length && !take(")")) {
          given.push(choice());
          take(",");
        }
        value = typeof value === "function" ? value(...given) : undefined;
      } else return value;
    }
  }
  function primary() {
    if (take("(")) {
      const value = choice();
      take(")");
      return value;
    }
    const token = tokens[place++];
    if (token?.name === undefined) return token?.value;
    if (Object.hasOwn(WORDS, token.name)) return WORDS[token.name];
    return Object.hasOwn(FUNCTIONS, token.name) ? FUNCTIONS[token.name] : look(token.name);
  }
  return choice();
}

function tokensOf(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  for (let found; TOKEN.lastIndex < text.length && (found = TOKEN.exec(text)); ) {
    const [, number, single, double, name, sign] = found;
    if (number !== undefined) tokens.push({ value: Number(number) });
    else if (name !== undefined) tokens.push({ name });
    else if (sign !== undefined) tokens.push({ sign });
    else tokens.push({ value: (single ?? double).replace(/\\(.)/g, "$1") });
  }
  return tokens;
}

/** A property of data; nothing of what JavaScript itself hangs on values. */
function member(value, name) {
  if (value === null || value === undefined) return undefined;
  if ((typeof value === "string" || Array.isArray(value)) && name === "length") return value.length;
  return typeof value === "object" && Object.hasOwn(value, name) ? value[name] : undefined;
}
