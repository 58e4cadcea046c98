import { existsSync, readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";

const EXTENSIONS = [".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif"];

/**
 * The image files that arguments name: files as they are, folders with every image directly inside, globs (`*`, `?`,
 * and `**` for any depth) with every image that matches. In order of the arguments, inside each by name, each once.
 *
 * @throws Error naming the argument that no image belongs to.
 */
export function findImages(patterns: readonly string[]): string[] {
  return [...new Set(patterns.flatMap(imagesOf))];
}

const isImage = (path: string): boolean => EXTENSIONS.includes(extname(path).toLowerCase());
const kindOf = (path: string): "folder" | "file" | undefined => {
  if (!existsSync(path)) return undefined;
  return statSync(path).isDirectory() ? "folder" : "file";
};

function imagesOf(pattern: string): string[] {
  const kind = kindOf(pattern);
  if (kind === "file") return [pattern];
  if (kind === "folder")
    return imagesAmong(
      listed(pattern).map((name) => join(pattern, name)),
      `folder ${pattern}`,
    );
  if (/[*?]/.test(pattern)) return imagesAmong(glob(pattern), `glob ${pattern}`);
  throw new Error(`image file or folder not found: ${pattern}`);
}

function imagesAmong(paths: readonly string[], what: string): string[] {
  const images = paths.filter((path) => isImage(path) && kindOf(path) === "file");
  if (images.length === 0) throw new Error(`no images (${EXTENSIONS.join(" ")}) in ${what}`);
  return images;
}

const listed = (folder: string): string[] => (kindOf(folder) === "folder" ? readdirSync(folder).sort() : []);

function glob(pattern: string): string[] {
  const absolute = pattern.startsWith("/");
  const parts = pattern.split(/[\\/]+/).filter((part) => part !== "");
  return parts.reduce<string[]>(
    (places, part) => places.flatMap((place) => expand(place, part)),
    [absolute ? "/" : ""],
  );
}

/** The paths below `place` that one part of a glob matches. */
function expand(place: string, part: string): string[] {
  const at = (name: string): string => (place === "" ? name : join(place, name));
  if (part === "**") return [place, ...folders(place).flatMap((folder) => expand(folder, part))];
  if (!/[*?]/.test(part)) return kindOf(at(part)) ? [at(part)] : [];
  const source = part
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const matches = new RegExp(`^${source}$`, "u");
  return listed(place || ".")
    .filter((name) => matches.test(name) && !name.startsWith("."))
    .map(at);
}

function folders(place: string): string[] {
  const names = listed(place || ".").filter((name) => !name.startsWith("."));
  return names.map((name) => (place === "" ? name : join(place, name))).filter((path) => kindOf(path) === "folder");
}
