// How smoothly the page moves.

// Frames a second, and the gap in ms that 95 of 100 do not exceed, while `step` is done in each frame for so long.
export const frames = (page, step, ms) =>
  page.evaluate(
    async ([text, long]) => {
      const step = new Function('phase', text);
      const gaps = [];
      let last = performance.now();
      const begun = last;
      await new Promise((done) => {
        const frame = (now) => {
          gaps.push(now - last);
          last = now;
          step(Math.floor((now - begun) / 700) % 2);
          if (now - begun < long) requestAnimationFrame(frame);
          else done();
        };
        requestAnimationFrame(frame);
      });
      gaps.shift();
      gaps.sort((a, b) => a - b);
      return { a_second: 1000 / (gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length), p95_ms: gaps[Math.floor(gaps.length * 0.95)] };
    },
    [step, ms],
  );

// Steps are text: a page that lets no script in beside its own is asked from outside.
export const kZoom = `document.querySelector('#timeline canvas').dispatchEvent(new WheelEvent('wheel',
  { deltaY: phase ? 40 : -40, ctrlKey: true, clientX: 700, clientY: 200, bubbles: true, cancelable: true }))`;
export const kScroll = `document.querySelector('#calls .box').scrollTop += 900`;
