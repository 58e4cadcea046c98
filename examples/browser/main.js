import { readExported } from "@retort/distill";

const place = document.getElementById("place");
const state = document.getElementById("state");
const readings = document.getElementById("readings");
/** The Student that was dropped last. */
let student;

/** The pixels of an image file as networks take them: blue, green, red. */
async function pixelsOf(file) {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  // Transparent pixels lie on white.
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    data[to] = rgba[from + 2];
    data[to + 1] = rgba[from + 1];
    data[to + 2] = rgba[from];
  }
  return { data, width, height };
}

async function load(file) {
  student = await readExported(new Uint8Array(await file.arrayBuffer()), file.name);
  state.textContent = `${student.model || "The network"} of ${file.name} is ready.`;
}

async function read(file) {
  if (student === undefined) throw new Error("Drop a Student first: the inference.onnx of an export.");
  const picture = await pixelsOf(file);
  const begun = performance.now();
  const { text, confidence } = student.read(picture);
  const time = performance.now() - begun;
  const figure = document.createElement("figure");
  const image = new Image();
  image.src = URL.createObjectURL(file);
  image.alt = file.name;
  const output = document.createElement("output");
  output.textContent = text;
  const caption = document.createElement("figcaption");
  caption.append(output, ` ${(100 * confidence).toFixed(1)} % sure, ${time.toFixed(0)} ms`);
  figure.append(image, caption);
  readings.prepend(figure);
}

/** The Student first, so that both can be dropped together. */
async function take(files) {
  const isStudent = (file) => file.name.endsWith(".onnx");
  for (const file of [...files].sort((a, b) => Number(isStudent(b)) - Number(isStudent(a)))) {
    try {
      await (isStudent(file) ? load(file) : read(file));
    } catch (error) {
      state.textContent = `${file.name}: ${error.message}`;
    }
  }
}

document.getElementById("files").addEventListener("change", ({ target }) => take(target.files));
place.addEventListener("dragover", (event) => {
  event.preventDefault();
  place.classList.add("over");
});
place.addEventListener("dragleave", () => place.classList.remove("over"));
place.addEventListener("drop", (event) => {
  event.preventDefault();
  place.classList.remove("over");
  take(event.dataTransfer.files);
});
