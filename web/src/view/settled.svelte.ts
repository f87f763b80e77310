// A value for costly views: taken at once when it is quiet, and at most every `every` ms while it changes all the time; while `held`
// says so, not at all.
import { untrack } from 'svelte';

export function settled<T>(read: () => T, every = 400, held = () => false): { readonly now: T } {
  let now = $state.raw(read());
  let taken = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  $effect(() => {
    read();
    clearTimeout(timer);
    if (held()) return;
    const take = (): void => {
      taken = performance.now();
      now = untrack(read); // as it is by then
    };
    const wait = taken + every - performance.now();
    if (wait <= 0) take();
    else timer = setTimeout(take, wait);
    return () => clearTimeout(timer);
  });
  return {
    get now() {
      return now;
    },
  };
}
