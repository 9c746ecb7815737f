const waiting = [];

export const queue = {
  push(event) {
    waiting.push(event);
  },
  take() {
    return waiting.shift();
  },
};
