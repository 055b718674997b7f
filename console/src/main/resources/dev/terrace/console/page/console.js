// The live page: one stream in, everything drawn from its last snapshot.

import {html, render} from './lit-html/lit-html.js';
import * as charts from './charts.js';
import {confirm} from './confirm.js';
import {data} from './data.js';
import {clock, span} from './format.js';
import {members} from './members.js';
import {path} from './path.js';
import {reshard} from './reshard.js';
import {routes} from './routes.js';
import {connect} from './stream.js';

const at = (id) => document.getElementById(id);
let system = null;
let state = 'connecting';

const STREAM = {
  connecting: ['wait', 'connecting'],
  live: ['good', 'live'],
  lost: ['bad', 'reconnecting'],
};

function bar() {
  const [kind, word] = STREAM[state];
  const stale = state === 'lost' && system
    ? html`<span class="since">what you see is from ${clock(system.timeMillis)}</span>` : '';
  return html`<h1><svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><path
      d="M1 16h18v3H1zM1 9h12v3H1zM1 2h6v3H1z" fill="currentColor"/></svg> Terrace</h1>
    ${system ? html`<span class="quiet">${system.version}, up ${span(system.uptimeSeconds)}</span>` : ''}
    <span class="grow"></span>
    ${stale}
    ${system ? html`<span class="pill ${system.ready ? 'good' : 'bad'}" id="ready">${
      system.ready ? 'ready' : 'not ready'}</span>` : ''}
    <span class="pill ${kind}" id="stream" role="status">${word}</span>
    <nav aria-label="Raw data"><a href="/metrics">metrics</a> <a href="/api/status">status</a>
      <a href="/api/config">config</a></nav>`;
}

const missing = () => (system.ready ? ''
  : html`<div class="note bad" role="alert"><b>Not ready.</b>
      <ul>${system.missing.map((line) => html`<li>${line}</li>`)}</ul></div>`);

function choose(member) {
  const pool = system.pools.find((p) => p.name === member.pool);
  const others = pool.members.filter((m) =>
    m.id !== member.id && (m.state === 'up' || m.state === 'warming')).length;
  confirm(member, others);
}

function draw() {
  render(bar(), at('bar'));
  document.body.classList.toggle('stale', state === 'lost');
  if (!system) return;
  render(html`${missing()}${path(system, choose)}`, at('path'));
  at('reshard').hidden = system.resharding.phase === 'NONE';
  render(reshard(system.resharding), at('reshard'));
  render(routes(system), at('routes'));
  render(members(system, choose), at('members'));
  render(data(system), at('data'));
}

draw();
charts.start(at('charts'));
connect({
  onState: (next) => {
    if (next !== state) {
      state = next;
      draw();
    }
  },
  onHistory: (history) => charts.past(history),
  onSnapshot: (snapshot) => {
    system = snapshot;
    draw();
    charts.now(snapshot);
  },
});
