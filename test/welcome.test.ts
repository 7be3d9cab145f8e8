import '../src/graph/enums.js';
import { readConfig } from '../src/config.js';
import { welcome } from '../src/welcome.js';

const demo = [{ role: 'PROVINCE', label: '省教育厅', token: 'demo-token' }];
const said = (env: Record<string, string>, entries = demo) =>
  welcome('http://127.0.0.1:4000', readConfig(env), entries).match(/^!.+\n {2}.+$/m)?.[0];

describe('the end of a start', () => {
  it.each([
    [{ HOST: '0.0.0.0' }, '0.0.0.0'],
    [{ HOST: '::' }, '::'],
    [{ HOST: '192.168.7.8' }, '192.168.7.8'],
    [{ HOST: 'desk.example.cn' }, 'desk.example.cn'],
    [{ PUBLIC_URL: 'https://data.example.cn/x' }, 'data.example.cn'],
  ])('says in both languages that a demonstration is open beyond this machine: %j', (env, name) => {
    expect(said(env as Record<string, string>)).toMatch(
      new RegExp(
        `^! 演示模式在 ${name} 上对本机以外开放：.+\\n {2}Demo mode is open beyond this machine, on ${name}: `,
      ),
    );
  });

  it.each([{}, { HOST: 'localhost' }, { HOST: '::1' }, { HOST: '127.0.0.1', PUBLIC_URL: 'http://localhost:8080/x' }])(
    'says nothing of it where nobody else gets there: %j',
    (env) => expect(said(env as Record<string, string>)).toBeUndefined(),
  );

  it('says nothing of it in production, which has no demo tokens', () => {
    expect(said({ HOST: '0.0.0.0', NODE_ENV: 'production' }, [])).toBeUndefined();
  });
});
