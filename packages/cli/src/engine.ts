import type {
  BenchOptions,
  BenchReport,
  DataReport,
  DoctorOptions,
  DoctorReport,
  EvalReport,
  ExportOptions,
  ExportReport,
  ExtractOptions,
  ExtractReport,
  ImageBoxes,
  ImageReading,
  ImportOptions,
  ImportReport,
  InferenceOptions,
  InspectOptions,
  OpenedDevice,
  PlanReport,
  Recogniser,
  Review,
  RunFolder,
  TrainReport,
} from "@retort/distill";

/** What commands ask of the training library. Overrides are as the command line gives them. */
export interface Engine {
  /** Checks a config without training. Throws an error named ConfigError when it cannot be used. */
  plan(config: string, overrides: readonly string[]): Promise<PlanReport>;
  /** Looks at the data of a config. */
  inspectData(config: string, overrides: readonly string[], options: InspectOptions): Promise<DataReport>;
  /** Opens the device that a config asks for, on which this process then works. */
  openDevice(config: string, overrides: readonly string[]): Promise<OpenedDevice>;
  /** Trains; yields as it goes. An abort ends the sequence after a checkpoint was saved. */
  train(config: string, overrides: readonly string[], signal: AbortSignal): AsyncIterable<TrainReport>;
  /** Evaluates a checkpoint on the config's Eval section. */
  evaluate(config: string, overrides: readonly string[]): Promise<EvalReport>;
  /** Whether a config finds boxes; otherwise it reads text. */
  findsBoxes(config: string, overrides: readonly string[]): Promise<boolean>;
  /** Finds texts in images with a checkpoint, and reads them with that of a recogniser where there is one. */
  detect(
    config: string,
    overrides: readonly string[],
    images: readonly string[],
    recogniser?: Recogniser,
  ): AsyncIterable<ImageBoxes>;
  /** Reads images of lines with a checkpoint. */
  infer(config: string, overrides: readonly string[], images: readonly string[]): AsyncIterable<ImageReading>;
  /** Whether an ONNX file that was exported finds boxes; otherwise it reads text. */
  onnxFindsBoxes(file: string): Promise<boolean>;
  /** As `detect`, with an ONNX file that was exported. */
  detectWithOnnx(file: string, images: readonly string[], recogniser?: Recogniser): AsyncIterable<ImageBoxes>;
  /** As `infer`, with an ONNX file that was exported. */
  inferWithOnnx(file: string, images: readonly string[]): AsyncIterable<ImageReading>;
  /** Writes trained sub-networks as ONNX, safetensors and `.pdparams`. */
  export(config: string, overrides: readonly string[], options: ExportOptions): Promise<ExportReport>;
  /** Looks for what keeps a config from learning; tells as it goes. */
  examine(config: string, overrides: readonly string[], options: DoctorOptions): AsyncIterable<DoctorReport>;
  /** Opens the folder of a training. Throws an Error naming the folder that holds none. */
  openRun(folder: string): Promise<RunFolder>;
  /** Reads the Eval data of a training with its best model. */
  reviewRun(run: RunFolder, overrides: readonly string[], options: { readonly samples: number }): Promise<Review>;
  /** Writes the weights of one sub-network as a file of its own. */
  extract(options: ExtractOptions): Promise<ExtractReport>;
  /** Brings weights of a known architecture in. */
  import(options: ImportOptions): Promise<ImportReport>;
  /** Times training steps on random images and labels. */
  benchTrainStep(options: BenchOptions & { readonly overrides: readonly string[] }): Promise<BenchReport>;
  /** Times one network reading random images. */
  benchInference(options: InferenceOptions & { readonly overrides: readonly string[] }): Promise<BenchReport>;
}
