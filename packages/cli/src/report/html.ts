/** Text that is HTML already, and is put into HTML as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What `html` takes: text is escaped, lists are joined, and what is undefined or false leaves nothing. */
export type Fragment = Html | string | number | undefined | false | readonly Fragment[];

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function textOf(fragment: Fragment): string {
  if (fragment === undefined || fragment === false) return "";
  if (fragment instanceof Html) return fragment.text;
  if (typeof fragment === "object") return fragment.map(textOf).join("");
  return String(fragment).replace(/[&<>"']/g, (character) => escapes[character]);
}

/** A template of HTML: what stands in its `${}` is escaped unless it was made by `html` itself. */
export function html(strings: TemplateStringsArray, ...fragments: Fragment[]): Html {
  return new Html(strings.reduce((text, part, i) => text + textOf(fragments[i - 1]) + part));
}
