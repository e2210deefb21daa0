/** A short sound: two tones, one after the other. Browsers make none on a page that nobody has touched. */

const TONES_HZ = [660, 880];
const TONE_S = 0.12;
const VOLUME = 0.08;

export function chime() {
  const context = new AudioContext();
  const volume = new GainNode(context, { gain: VOLUME });
  volume.connect(context.destination);
  const tones = TONES_HZ.map((frequency) => new OscillatorNode(context, { frequency }));
  for (const [n, tone] of tones.entries()) {
    tone.connect(volume);
    tone.start(n * TONE_S);
    tone.stop((n + 1) * TONE_S);
  }
  tones[tones.length - 1].addEventListener("ended", () => context.close());
}
