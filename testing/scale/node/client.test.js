// The unmodified Node client against a real server: run.py starts it, `node --test` runs this. The client has its server's
// address built in and no option for another, but it sends by `request`, whose functions may be wrapped: those few lines are
// what a script needs to use it with Sheaf.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const request = require('request');

const {SHEAF_URL: SERVER, SHEAF_KEY: KEY, SHEAF_FILES: FILES} = process.env;
for (const verb of ['get', 'post']) {
  const send = request[verb];
  request[verb] = (options, done) =>
    send({...options, url: options.url.replace('https://api.scaleapi.com', SERVER)}, done);
}
const scale = require('scaleapi');

const client = new scale.ScaleClient(KEY);
const called = new Set();
for (const name of Object.keys(scale.ScaleClient.prototype)) {
  const method = scale.ScaleClient.prototype[name];
  scale.ScaleClient.prototype[name] = function (...args) {
    called.add(name);
    return method.apply(this, args);
  };
}

/** The callback of a method as a promise: what it gives, or its error. */
const ask = (on, method, ...args) =>
  new Promise((done, fail) => on[method](...args, (error, value) => (error ? fail(error) : done(value))));

/** The same server by other means: what the client has no method for. */
const call = async (method, path, body) => {
  const headers = {Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json'};
  const answer = await fetch(SERVER + path, {method, headers, body: body && JSON.stringify(body)});
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
};
const project = (type, params = {}) => call('POST', '/v1/projects', {name: `node ${type}`, type, params});

const until = async (what, there) => {
  for (let i = 0; i < 400; i++) {
    const value = await there();
    if (value) return value;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what}: not in time`);
};

const PICTURE = `${FILES}/node.png`;
// What each method makes a task of, and what its project asks for.
const KINDS = {
  Categorization: {project: {categories: ['cat', 'dog']}, task: {attachment: PICTURE, attachment_type: 'image'}},
  Transcription: {task: {attachment: PICTURE, fields: {title: 'The title'}}},
  Comparison: {task: {attachments: [PICTURE, PICTURE], choices: ['yes', 'no']}},
  Annotation: {task: {attachment: PICTURE, objects_to_annotate: ['car'], min_width: '10'}},
  Polygonannotation: {task: {attachment: PICTURE, objects_to_annotate: ['car']}},
  Lineannotation: {task: {attachment: PICTURE, objects_to_annotate: ['lane']}},
  Datacollection: {task: {attachment: 'http://example.org/', fields: {name: 'The name'}}},
  Audiotranscription: {task: {attachment: 'http://example.org/a.mp3', verbatim: false}},
  Pointannotation: {task: {attachment: PICTURE, objects_to_annotate: ['eye']}},
  Cuboidannotation: {task: {attachment: PICTURE, objects_to_annotate: ['car']}},
  Segmentannotation: {task: {attachment: PICTURE, labels: ['road']}},
};

test('a key that is none', async () => {
  await assert.rejects(ask(new scale.ScaleClient('nothing'), 'tasks', {}), (error) => {
    assert.ok(error instanceof scale.ScaleException);
    assert.equal(error.errcode, 401);
    return /API key/.test(error.message);
  });
  assert.throws(() => new scale.ScaleClient(), scale.ScaleException);
});

test('a task of each type is made, fetched and cancelled', async () => {
  for (const [name, kind] of Object.entries(KINDS)) {
    const type = name.toLowerCase();
    await project(type, kind.project);
    const made = await ask(client, `create${name}Task`, {
      project: `node ${type}`, instruction: 'Look.', callback_url: `${FILES}/called`, metadata: {of: type}, ...kind.task,
    });
    assert.match(made.id, /^[0-9a-f]{24}$/, name);
    assert.deepEqual([made.type, made.status, made.metadata], [type, 'pending', {of: type}]);
    const fetched = await ask(client, 'fetchTask', made.id);
    assert.deepEqual([fetched.id, fetched.instruction], [made.id, 'Look.']);
    for (const [key, value] of Object.entries(kind.task)) assert.deepEqual(fetched.params[key], value, `${name}: ${key}`);
    const canceled = await ask(client, 'cancelTask', made.id);
    assert.equal(canceled.status, 'canceled');
  }
});

test('a task by its type and by itself', async () => {
  const made = await ask(client, 'createTask', 'annotation', {
    project: 'node annotation', attachment: PICTURE, objects_to_annotate: ['bus'],
  });
  await until('the picture', async () => (await ask(client, 'fetchTask', made.id)).processed_attachments);
  const refreshed = await ask(made, 'refresh');
  assert.equal(refreshed, made, 'it is the same object');
  assert.deepEqual([made.status, made.processed_attachments], ['pending', true]);
  const canceled = await ask(made, 'cancel');
  assert.deepEqual([canceled.id, canceled.status], [made.id, 'canceled']);
});

test('what is wrong is an error with its text', async () => {
  const rejects = (promise, code, text) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof scale.ScaleException && error instanceof Error);
      assert.deepEqual([error.errcode, text.test(error.message)], [code, true], error.message);
      return true;
    });
  await rejects(ask(client, 'createAnnotationTask', {project: 'node annotation'}), 400, /attachment/);
  await rejects(ask(client, 'createTask', 'nothing', {project: 'node annotation'}), 400, /not a type of task/);
  await rejects(ask(client, 'createAnnotationTask', {project: 'none', attachment: PICTURE}), 404, /project/);
  await rejects(ask(client, 'fetchTask', '0'.repeat(24)), 404, /task/);
  await rejects(ask(client, 'cancelTask', 'x'), 404, /task/);
  const unique = {project: 'node annotation', attachment: PICTURE, objects_to_annotate: ['car'], unique_id: 'node'};
  const first = await ask(client, 'createAnnotationTask', unique);
  await rejects(ask(client, 'createAnnotationTask', unique), 409, new RegExp(first.id));
});

test('lists', async () => {
  await project('textcollection', {fields: [{field_id: 'ok', type: 'text', title: 'What?'}]});
  const made = [];
  const start = new Date().toISOString();
  for (let n = 0; n < 7; n++) {
    const attachments = [{type: 'text', content: `text ${n}`}];
    made.push((await ask(client, 'createTask', 'textcollection', {project: 'node textcollection', attachments})).id);
  }
  const of = {type: 'textcollection', start_time: start};
  const page = await ask(client, 'tasks', {...of, limit: 3});
  assert.deepEqual([page.total, page.limit, page.offset, page.has_more], [7, 3, 0, true]);
  assert.deepEqual(page.docs.map((task) => task.id), made.slice(4).reverse(), 'newest first');
  const seen = [];
  for (let offset = 0, more = true; more; offset += 3) {
    const next = await ask(client, 'tasks', {...of, limit: 3, offset});
    seen.push(...next.docs.map((task) => task.id));
    more = next.has_more;
  }
  assert.deepEqual(seen, [...made].reverse());
  await ask(page.docs[0], 'cancel');
  const left = await ask(client, 'tasks', {...of, status: 'pending'});
  assert.equal(left.total, 6);
  assert.equal((await ask(client, 'tasks', {type: 'textcollection', end_time: '2020-01-01'})).total, 0);
  await assert.rejects(ask(client, 'tasks', {odd: 1}), scale.ScaleInvalidRequest);
  await assert.rejects(ask(client, 'tasks', {status: 'odd'}), (error) => error.errcode === 400);
});

test('what was answered is in the task', async () => {
  const made = await ask(client, 'createLineannotationTask', {
    project: 'node lineannotation', attachment: PICTURE, objects_to_annotate: ['lane'], callback_url: `${FILES}/answered`,
  });
  const response = {annotations: [{label: 'lane', vertices: [{x: 1, y: 2}, {x: 3, y: 4}]}]};
  await call('POST', `/v1/task/${made.id}/response`, response);
  await ask(made, 'refresh');
  assert.deepEqual([made.status, made.response], ['completed', response]);
  await assert.rejects(ask(made, 'cancel'), (error) => error.errcode === 400 && /completed/.test(error.message));
});

test('every public method was called', () => {
  const all = Object.keys(scale.ScaleClient.prototype);
  assert.deepEqual(all.filter((name) => !called.has(name)), []);
  assert.equal(all.length, Object.keys(KINDS).length + 4);
});
