import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** A Chromium of this machine: `CHROMIUM`, or one that is found by its usual names; undefined where there is none. */
export const chromium: string | undefined = [
  process.env.CHROMIUM,
  "chromium",
  "chromium-browser",
  "google-chrome",
].find((name) => name !== undefined && runs(name));

function runs(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** How a page is looked at. */
export interface Look {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scheme?: "light" | "dark";
}

/** A page in a Chromium without a window, driven by the DevTools protocol through a pipe. */
export class BrowserPage {
  /** What the page said on its console, errors that nobody caught, and addresses other than its own that it asked for. */
  readonly complaints: string[] = [];
  private readonly child: ChildProcess;
  private readonly profile: string;
  private readonly waiting = new Map<number, { resolve: (message: Message) => void; reject: (error: Error) => void }>();
  private readonly loads: (() => void)[] = [];
  private last = 0;
  private session: string | undefined;

  private constructor(program: string) {
    this.profile = mkdtempSync(join(tmpdir(), "retort-chromium-"));
    const options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"];
    this.child = spawn(program, [...options, `--user-data-dir=${this.profile}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    let rest = "";
    (this.child.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.receive(JSON.parse(message));
    });
  }

  /** Starts a browser with an empty page. */
  static async open(program: string): Promise<BrowserPage> {
    const page = new BrowserPage(program);
    const { targetInfos } = await page.send("Target.getTargets");
    const target = (targetInfos as { type: string; targetId: string }[]).find(({ type }) => type === "page");
    const attached = await page.send("Target.attachToTarget", { targetId: target?.targetId, flatten: true });
    page.session = attached.sessionId as string;
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await page.send(`${domain}.enable`);
    return page;
  }

  /** Loads an address and waits until everything in it has loaded. */
  async load(url: string, { width, height, scheme = "light" }: Look): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { features });
    const loaded = new Promise<void>((resolve) => this.loads.push(resolve));
    await this.send("Page.navigate", { url });
    await loaded;
  }

  /** The value of an expression in the page. @throws Error when it fails there */
  async evaluate<T>(expression: string): Promise<T> {
    const found = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (found.exceptionDetails !== undefined) throw new Error(JSON.stringify(found.exceptionDetails));
    return (found.result as { value: T }).value;
  }

  /** The page as a PNG file, all of it or from one height to another. */
  async screenshot(from = 0, to?: number): Promise<Uint8Array> {
    const [width, whole] = await this.evaluate<[number, number]>(
      "[document.documentElement.clientWidth, document.documentElement.scrollHeight]",
    );
    const clip = { x: 0, y: from, width, height: (to ?? whole) - from, scale: 1 };
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
    return Buffer.from(data as string, "base64");
  }

  /** Ends the browser. */
  async close(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.last;
    const message = { id, method, params, sessionId: this.session };
    (this.child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: ({ result = {} }) => resolve(result), reject });
    });
  }

  private receive(message: Message): void {
    const { id, method, params = {}, error } = message;
    if (id !== undefined) {
      const asked = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) asked?.resolve(message);
      else asked?.reject(new Error(error.message));
      return;
    }
    if (method === "Page.loadEventFired") for (const resolve of this.loads.splice(0)) resolve();
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded" || method === "Runtime.consoleAPICalled") {
      this.complaints.push(JSON.stringify(params));
    }
    if (method === "Network.requestWillBeSent") {
      const { url } = params.request as { url: string };
      if (!/^(file|data|about):/.test(url)) this.complaints.push(`asks for ${url}`);
    }
  }
}
