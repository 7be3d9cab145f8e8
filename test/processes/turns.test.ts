import { Crowded, Turns } from '../../src/processes/turns.js';

/** Everybody asks at once, in this order; who is served, in which. Each gives its place back when it is told to. */
async function served(asking: string, places = 2, most = 50) {
  const turns = new Turns(places, most);
  const order: string[] = [];
  const running: string[] = [];
  const all = Array.from(asking, (owner) =>
    turns.take(owner).then(() => {
      order.push(owner);
      running.push(owner);
    }),
  );
  const settle = () => new Promise((done) => setImmediate(done));
  await settle();
  let most2 = 0;
  while (running.length) {
    most2 = Math.max(most2, running.length);
    turns.give(running.shift()!);
    await settle();
  }
  await Promise.all(all);
  return { order: order.join(''), most: most2, idle: turns.idle };
}

describe('turns', () => {
  it('go round, however many somebody has waiting', async () => {
    expect((await served('AAAAAABC')).order).toBe('ABACAAAA');
    expect((await served('AAAABBBBCCCC', 3)).order.indexOf('C')).toBeLessThan(6);
  });

  it('leave a place to others, whatever one has', async () => {
    const { order, most, idle } = await served('AAAAA');
    expect(order).toBe('AAAAA');
    expect(most).toBe(1);
    expect(idle).toBe(true);
    expect((await served('AABB')).most).toBe(2);
    expect((await served('AAA', 1)).most).toBe(1);
  });

  it('wait at most so many for one, and others all the same', async () => {
    const turns = new Turns(2, 3);
    await turns.take('A');
    for (let i = 0; i < 3; i++) void turns.take('A');
    await expect(turns.take('A')).rejects.toBeInstanceOf(Crowded);
    await turns.take('B');
    expect(turns.idle).toBe(false);
  });
});
