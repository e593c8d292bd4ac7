/** Processor time that `job` takes, ms: what a busy machine does beside it counts little. */
export function workMs(job: () => void): number {
  const before = process.cpuUsage();
  job();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
