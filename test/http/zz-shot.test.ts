import { execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { start } from './fixture.js';
it('shot', async () => {
  const s = await start({ graphiql: { accounts: () => [{ label: '湘江新区联合体理事会 BOARD', token: 'TOK-BOARD' }, { label: '长沙市教育局 BUREAU', token: 'TOK-BUREAU' }], examples: [{ title: '谁在查询 Who', query: '# 我是谁\nquery Who {\n  who\n}\n' }, { title: '变量 Vars', query: 'query Vars($n: Int) { city(n: $n) { id } }', variables: '{"n": 3}' }] } });
  writeFileSync('/tmp/shot/url', s.url);
  const chrome = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=9333', '--window-size=1300,800', '--user-data-dir=/tmp/shot/profile' + Date.now(), 'about:blank'], { stdio: 'ignore' });
  const sleep = (n: number) => new Promise((d) => setTimeout(d, n));
  let list: any; for (let i = 0; i < 40; i++) { try { list = await (await fetch('http://127.0.0.1:9333/json')).json(); break; } catch { await sleep(500); } }
  const ws = new (globalThis as any).WebSocket(list.find((t: any) => t.type === 'page').webSocketDebuggerUrl);
  await new Promise((d) => (ws.onopen = d));
  let id = 0; const waits = new Map<number, any>(); const logs: string[] = [];
  ws.onmessage = (e: any) => { const m = JSON.parse(e.data); if (m.id) waits.get(m.id)?.(m.result ?? m.error); else if (['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'].includes(m.method)) logs.push(JSON.stringify(m.params).slice(0, 600)); else if (m.method === 'Network.requestWillBeSent') logs.push('REQ ' + m.params.request.url.slice(0, 100)); };
  const send = (method: string, params: any = {}) => new Promise<any>((d) => { waits.set(++id, d); ws.send(JSON.stringify({ id, method, params })); });
  const js = async (expression: string) => (await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result?.value;
  const shot = async (name: string) => writeFileSync(`/tmp/shot/${name}.png`, Buffer.from((await send('Page.captureScreenshot')).data, 'base64'));
  await send('Runtime.enable'); await send('Log.enable'); await send('Page.enable'); await send('Network.enable');
  await send('Page.navigate', { url: `${s.url}/graphiql` }); await sleep(6000); await shot('1');
  await js(`document.getElementById('account').value='长沙市教育局 BUREAU'; document.getElementById('account').dispatchEvent(new Event('change'))`);
  await js(`document.getElementById('example').value='0'; document.getElementById('example').dispatchEvent(new Event('change'))`);
  await sleep(5000);
  await js(`document.querySelector('.graphiql-execute-button').click()`); await sleep(2000); await shot('2');
  console.log('response', await js(`document.querySelector('.graphiql-response')?.innerText`), 'account', await js(`document.getElementById('account').value`));
  await js(`document.getElementById('example').value='1'; document.getElementById('example').dispatchEvent(new Event('change'))`);
  await sleep(4000); await js(`document.querySelector('.graphiql-execute-button').click()`); await sleep(2000); await shot('3');
  console.log('response', await js(`document.querySelector('.graphiql-response')?.innerText`));
  console.log(logs.join('\n'), s.log());
  ws.close(); chrome.kill(); await s.app.close();
}, 90000);
