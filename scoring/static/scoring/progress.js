// How far a calibration is, as its socket tells; while there is none it is asked for every second. When it is
// over the page loads itself anew.

const EVERY = 1000; // ms
const AGAIN = 5000; // ms until a lost socket is tried again
const card = document.querySelector("[data-progress]");
let socket = null;

function show({ open, stage, done }) {
  if (!open) location.reload();
  else if (stage) card.querySelector("[data-stage]").textContent = `${stage}, pass ${done + 1}`;
}

function listen() {
  socket = new WebSocket(new URL(card.dataset.socket, location.href.replace(/^http/, "ws")));
  socket.onmessage = (message) => show(JSON.parse(message.data));
  socket.onclose = ({ code }) => code < 4500 && setTimeout(listen, AGAIN); // from 4500 on: do not come back
}

async function look() {
  if (document.hidden || socket?.readyState === WebSocket.OPEN) return;
  const answer = await fetch(card.dataset.progress).catch(() => null);
  if (answer?.ok) show(await answer.json());
}

if (card) {
  listen();
  setInterval(look, EVERY);
}
