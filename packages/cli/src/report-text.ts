/** What a report says, as titled lists of lines. */
export interface ReportText {
  readonly headline: string;
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[];
  readonly warnings: readonly string[];
}

/** A report as text: headline, then its sections and warnings, as far as they have lines. */
export function describeReport({ headline, sections, warnings }: ReportText): string {
  const blocks = [...sections, { title: "warnings", lines: warnings }].filter(({ lines }) => lines.length > 0);
  return [headline, ...blocks.map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)].join("\n"))].join(
    "\n\n",
  );
}
