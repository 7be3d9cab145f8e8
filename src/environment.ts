import { devNull } from 'node:os';
import { SYSTEM_VARIABLES, VARIABLES } from './config.js';

/**
 * What is not documented is not read. Libraries look into the environment for more than we do (PG…, AWS_…, APOLLO_…,
 * NODE_TLS_REJECT_UNAUTHORIZED), and what somebody has set there is meant for other programs and servers. So before any of them
 * is loaded, whatever is neither a setting of ours nor the system's own is taken out of this process.
 */
const OWN: ReadonlySet<string> = new Set([...Object.keys(VARIABLES), ...SYSTEM_VARIABLES, 'npm_lifecycle_event']);
for (const name of Object.keys(process.env)) if (!OWN.has(name)) delete process.env[name];

// nor are files in somebody's home: without one, pg would even look for its .pgpass in the working directory
process.env.PGPASSWORD = '';
process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = devNull;
