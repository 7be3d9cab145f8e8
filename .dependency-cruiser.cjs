const { readdirSync } = require('node:fs');

/** Dependencies point one way: main → service → server and features; features → reading → access → graph, database → config. */
const only = (name, from, to, comment) => ({ name, severity: 'error', comment, from: { path: from }, to: { path: '^(src|migrations|seeds)/', pathNot: `${to}|^src/feature\\.ts$` } });
/** Every folder of src/ that is not one of the lower ones is a feature: a new one is under the rules from its first file on. */
const BELOW = ['access', 'database', 'files', 'graph', 'processes', 'reading', 'server', 'workflow'];
const FEATURES = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !BELOW.includes(entry.name))
  .map(({ name }) => name)
  .join('|');

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Entities know each other both ways; nothing else may, types apart.',
      from: { pathNot: '(\\.entity|report\\.types|\\.payload)\\.ts$' },
      to: { circular: true, viaOnly: { pathNot: '\\.entity\\.ts$', dependencyTypesNot: ['type-only'] } },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-dev-dependency-in-production', severity: 'error', from: { path: '^(src|migrations|seeds)/' }, to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] } },
    only('config-knows-nobody', '^src/config\\.ts$', '^src/config\\.ts$', 'Configuration is at the bottom.'),
    only('database-below', '^src/database/', '^src/(database/|config\\.ts|graph/language\\.ts)', 'The database knows configuration alone.'),
    only('graph-below', '^src/graph/', '^src/(graph|database)/', 'The grammar knows no feature and no access rule.'),
    only('access-below', '^src/access/', '^src/(access|graph|database)/|^src/config\\.ts$', 'Access knows no feature.'),
    only('reading-below', '^src/reading/', '^src/(reading|access|graph|database)/', 'The compiler of selections knows no feature.'),
    only('workflow-below', '^src/workflow/', '^src/(workflow|audit|access|graph|database)/', 'The engine of workflows knows no feature.'),
    only('processes-below', '^src/processes/', '^src/(processes/|config\\.ts)', 'What works in processes of its own knows nothing of the work.'),
    only('files-below', '^src/files/', '^src/(files|graph|database|processes)/|^src/config\\.ts$', 'Files know no feature.'),
    only('server-knows-no-feature', '^src/server/', '^src/(server|graph)/', 'HTTP knows the schema as a value.'),
    only('features-downwards', `^src/(${FEATURES})/`, `^src/(${FEATURES}|workflow|reading|access|graph|database|files|processes)/|^src/config\\.ts$`, 'A feature knows features and what lies below.'),
    only('provinces-at-the-bottom', '^src/provinces/', '^src/(provinces|reading|access|graph|database)/', 'provinces ← organizations ← consortia ← reports.'),
    only('organizations-low', '^src/organizations/', '^src/(organizations|provinces|reading|access|graph|database)/', 'provinces ← organizations ← consortia ← reports.'),
    only('consortia-low', '^src/consortia/', '^src/(consortia|boards|organizations|provinces|reading|access|graph|database)/', 'provinces ← organizations ← consortia ← reports.'),
    {
      name: 'one-door',
      severity: 'error',
      comment: 'In a request nobody touches a DataSource or a pool but the door and the session.',
      from: { path: `^src/(${FEATURES}|server|graph|files)/`, pathNot: '\\.entity\\.ts$|^src/graph/node\\.ts$' },
      to: { path: 'node_modules/(pg|typeorm)/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
