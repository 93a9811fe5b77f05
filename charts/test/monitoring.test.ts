import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMetrics, exposeQueues } from '@clipscribe/runtime';
import { parse, stringify } from 'yaml';
import { isOnPath } from '../../scripts/lib/programs.mjs';
import { chart, objects, type Manifest } from './support/helm.ts';
import { everything } from './support/matrix.ts';

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
}
interface Dashboard {
  uid: string;
  panels: { title: string; targets: { expr: string }[] }[];
}

const rules = parse(readFileSync(join(chart, 'files', 'alerts.yaml'), 'utf8')) as Rules;
const dashboard = JSON.parse(readFileSync(join(chart, 'files', 'dashboard.json'), 'utf8')) as Dashboard;
const alerts = rules.groups.flatMap((group) => group.rules);
const panels = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clipscribe-alerts-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function promtool(args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

/** Where promtool cannot be had, its tests are skipped, which is a failure under CI. */
const describeWithPromtool = isOnPath('promtool') ? describe : describe.skip;

describeWithPromtool('promtool', () => {
  it('finds the alert rules to be right', () => {
    writeFileSync(join(folder, 'alerts.yaml'), stringify(rules));
    const { status, said } = promtool(['check', 'rules', 'alerts.yaml']);
    expect(said).toContain(`${String(alerts.length)} rules found`);
    expect(status).toBe(0);
  });

  it('finds the questions of the dashboard to be right', () => {
    const recorded = panels.map(({ expr }, index) => ({
      record: `panel_${String(index)}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$namespace', 'clipscribe'),
    }));
    writeFileSync(join(folder, 'panels.yaml'), stringify({ groups: [{ name: 'panels', rules: recorded }] }));
    const { status, said } = promtool(['check', 'rules', 'panels.yaml']);
    expect(said).toContain(`${String(panels.length)} rules found`);
    expect(status).toBe(0);
  });

  it('finds each alert to go off when it should, and none when all is well', () => {
    writeFileSync(join(folder, 'alerts.yaml'), stringify(rules));
    const tests = readFileSync(join(import.meta.dirname, 'support', 'alert-cases.yaml'), 'utf8');
    writeFileSync(join(folder, 'cases.yaml'), tests);
    const { status, said } = promtool(['test', 'rules', 'cases.yaml']);
    expect(said).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  it('every alert has a case', () => {
    const cases = readFileSync(join(import.meta.dirname, 'support', 'alert-cases.yaml'), 'utf8');
    for (const { alert } of alerts) expect(cases).toContain(`alertname: ${alert}\n`);
  });
});

/** Metrics that others make: Prometheus itself, and Node through the metrics' library. */
const foreign = /^(up|process_resident_memory_bytes|nodejs_eventloop_lag_p99_seconds)$/;

it('alerts and dashboard ask for metrics that the services have', () => {
  const metrics = createMetrics('gateway');
  exposeQueues(metrics, () => Promise.resolve({}));
  const own = new Set(metrics.registry.getMetricsAsArray().map(({ name }) => name));
  const asked = [...alerts, ...panels].flatMap(({ expr }) =>
    [...expr.matchAll(/\b([a-z][a-z0-9_]*)(?=[{[)]| ?==| ?>)/g)].map((match) => match[1] ?? ''),
  );
  const names = [...new Set(asked)].filter((name) => name.includes('_') || name === 'up');
  expect(names.length).toBeGreaterThan(5);
  const unknown = names.filter(
    (name) => !foreign.test(name) && !own.has(name.replace(/_(bucket|count|sum)$/, '')),
  );
  expect(unknown).toEqual([]);
});

it('each alert says what is wrong and what to do', () => {
  for (const { annotations } of alerts)
    expect(Object.keys(annotations).sort()).toEqual(['description', 'summary']);
});

it('all of it is in the chart, behind values', () => {
  const kinds = (all: readonly Manifest[]): string[] =>
    all
      .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'monitoring')
      .map(({ kind }) => kind);
  expect(kinds(objects(everything)).sort()).toEqual(['ConfigMap', 'PodMonitor', 'PrometheusRule']);
  expect(kinds(objects())).toEqual([]);
  const rule = objects(everything).find(({ kind }) => kind === 'PrometheusRule');
  expect(rule?.['spec']).toEqual(rules);
});
