/** What is used of this package, which comes without types. */
declare module 'sherpa-onnx-node' {
  /** Finds the stretches of sound in which somebody speaks. */
  interface Vad {
    /** One step of samples, from -1 to 1. */
    acceptWaveform(samples: Float32Array): void;
    /** True while a stretch is under way. */
    isDetected(): boolean;
    /** Ends the stretch that is under way. */
    flush(): void;
    /** True when no finished stretch is kept. */
    isEmpty(): boolean;
    /** Drops the oldest finished stretch. */
    pop(): void;
  }
  const sherpa: {
    Vad: new (
      config: {
        sileroVad: {
          /** Path of the model. */
          model: string;
          /** Probability of speech, 0 to 1, from which on a stretch begins. */
          threshold: number;
          /** Seconds. */
          minSilenceDuration: number;
          minSpeechDuration: number;
          /** A stretch that is longer is ended at the first short pause. */
          maxSpeechDuration: number;
          /** Samples in one step of the model. */
          windowSize: number;
        };
        sampleRate: number;
        numThreads: number;
        debug: boolean;
      },
      bufferSizeInSeconds: number,
    ) => Vad;
  };
  export default sherpa;
}
