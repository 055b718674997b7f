// The dialogue that asks before a member is drained or put back.

import {html, render} from './lit-html/lit-html.js';
import {count} from './format.js';
import {facts, mark} from './chip.js';

const dialog = document.getElementById('confirm');

const DEADLINES = [['', 'may finish'], ['30s', 'are closed after 30 s'], ['5m', 'are closed after 5 min'],
  ['1h', 'are closed after 1 h']];

async function send(member, verb, deadline) {
  const [pool, id] = [member.pool, member.id].map(encodeURIComponent);
  const query = deadline ? `?deadline=${deadline}` : '';
  const answer = await fetch(`/api/pools/${pool}/members/${id}/${verb}${query}`,
    {method: 'POST', headers: {'X-Terrace': '1'}});
  if (!answer.ok) {
    const {error, remedy} = await answer.json();
    throw new Error(`${error}; ${remedy}`);
  }
}

function consequence(member, others) {
  if (member.draining) {
    return member.state === 'down'
      ? 'It is put back, and gets work again once its health check passes.'
      : 'It is put back into rotation at once.';
  }
  const rest = others === 0
    ? 'No other member of this pool takes work: requests to it will fail.'
    : `${count(others)} other${others === 1 ? ' member takes' : ' members take'} its share.`;
  const inHand = member.inFlight ? ` and finishes the ${count(member.inFlight)} it has in flight` : '';
  return `It gets nothing new${inHand}. ${rest} `
    + 'It stays out until it is undrained, leaves the pool or Terrace is restarted.';
}

/** Shows the member and asks; resolves nothing, the stream shows what became of it. */
export function confirm(member, others) {
  const verb = member.draining ? 'undrain' : 'drain';
  const title = `${member.draining ? 'Undrain' : 'Drain'} ${member.id}?`;
  // The connections of a shard's servers end with their sessions.
  const choosable = verb === 'drain' && !member.pool.includes('/');
  let failed = '';
  let busy = false;

  async function act() {
    busy = true;
    draw();
    try {
      await send(member, verb, dialog.querySelector('#confirm-deadline')?.value);
      dialog.close();
    } catch (e) {
      failed = e.message;
    }
    busy = false;
    draw();
  }

  function draw() {
    render(html`<h2 id="confirm-title">${title}</h2>
      <p class="sub">${mark(member.state)} ${member.state} in pool <b>${member.pool}</b></p>
      <ul>${facts(member).map((fact) => html`<li>${fact}</li>`)}</ul>
      <p class=${others === 0 && !member.draining ? 'warn' : ''}>${consequence(member, others)}</p>
      ${choosable ? html`<p><label>Its connections <select id="confirm-deadline">${DEADLINES.map(([value, text]) =>
        html`<option value=${value}>${text}</option>`)}</select></label></p>` : ''}
      <p class="warn" role="alert" ?hidden=${!failed}>${failed}</p>
      <div class="buttons">
        <button type="button" class="plain" @click=${() => dialog.close()}>Cancel</button>
        <button type="button" class=${member.draining ? 'go' : 'go hard'} id="confirm-go" ?disabled=${busy}
          @click=${act}>${member.draining ? 'Undrain' : 'Drain'}</button>
      </div>`, dialog);
  }

  draw();
  if (!dialog.open) dialog.showModal();
}

dialog.addEventListener('click', (event) => {
  if (event.target === dialog) dialog.close(); // the backdrop
});
