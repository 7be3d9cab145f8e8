declare module 'autocannon' {
  type Percentiles = { p50: number; p99: number };
  export type Result = {
    requests: { total: number; average: number };
    latency: Percentiles;
    errors: number;
    non2xx: number;
    duration: number;
  };
  export default function autocannon(options: {
    url: string;
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    connections: number;
    duration: number;
  }): Promise<Result>;
}
