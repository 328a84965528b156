export const ORCHESTRATOR = 'Orders' as const;

export enum Activities {
    Ship = 'Ship',
}

export interface Order {
    id: string;
    count: number;
}
