import { expect, test } from "vitest";
import { html } from "./html.js";

test("what is put in is escaped, but for HTML made the same way", () => {
  const name = `<img src="x" onerror='a'> & Co`;
  const inner = html`<b title="${name}">${name}</b>`;
  const escaped = "&lt;img src=&quot;x&quot; onerror=&#39;a&#39;&gt; &amp; Co";
  expect(inner.text).toBe(`<b title="${escaped}">${escaped}</b>`);
  expect(html`<p>${inner}${["<", html`<i></i>`, 1]}${undefined}${false}${0}</p>`.text).toBe(
    `<p>${inner.text}&lt;<i></i>10</p>`,
  );
});
