// The one event stream, opened again when it breaks.

const SILENCE_MAX_MS = 4000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 5000;

/**
 * Calls back with every history and snapshot, and with 'live' or 'lost' as the stream comes and
 * goes. A stream that says nothing for four seconds counts as lost: half-open connections do.
 */
export function connect({onState, onHistory, onSnapshot}) {
  let source = null;
  let retryMs = RETRY_MIN_MS;
  let silence = 0;

  function heard() {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MAX_MS);
    retryMs = RETRY_MIN_MS;
    onState('live');
  }

  function lost() {
    clearTimeout(silence);
    source.close();
    onState('lost');
    setTimeout(open, retryMs);
    retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
  }

  function open() {
    source = new EventSource('/api/events');
    source.addEventListener('history', (event) => onHistory(JSON.parse(event.data)));
    source.addEventListener('snapshot', (event) => {
      heard();
      onSnapshot(JSON.parse(event.data));
    });
    source.addEventListener('error', lost);
    silence = setTimeout(lost, SILENCE_MAX_MS);
  }

  open();
}
