import { configurationPage } from './configuration.mjs';
import { permissionsPage } from './permissions.mjs';
import { MY } from './words.mjs';
import { workflowPage } from './workflow.mjs';

/** The generated pages by path. `code`: exports of the modules that they describe; `read`: the text of a page as it stands. */
export function pages({ policy, actor, labels, workflow, config, registered }, read) {
  const actionWords = (name) => policy.ACTIONS[name];
  const subjectWords = (name) => registered.registrationOf(name);
  const wordsOf = (name) => Object.fromEntries(labels.labelsOf(name).map(({ value, zh, en }) => [value, { zh, en }]));
  const roleWords = { ...wordsOf('Role'), JOB: { zh: '系统任务', en: 'Jobs' } };
  const roles = Object.keys(actor.DATABASE_ROLE).map((name) => ({
    name,
    ...roleWords[name],
    rules: policy.abilityFor(name, MY).rules,
  }));
  return {
    'docs/permissions.md': permissionsPage({
      roles,
      actions: Object.keys(policy.ACTIONS),
      unread: policy.UNREAD,
      roleWords,
      actionWords,
      subjectWords,
    }),
    'docs/workflow.md': workflowPage({
      way: workflow.REPORT_WAY,
      labels,
      roleWords,
      reasonWords: wordsOf('PermissionReason'),
      actionWords,
    }),
    'docs/configuration.md': configurationPage(read('docs/configuration.md'), config.VARIABLES),
  };
}
