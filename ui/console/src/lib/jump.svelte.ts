/** Where evidence points: a fact's value, or a picture. */
export type Target = { kind: 'fact'; reportId: string; probe: string; pointer: string } | { kind: 'picture'; reportId: string; n: number };

/** The last place somebody asked to be shown; whoever shows that place opens it and scrolls there. */
class Jump {
  target = $state.raw<Target | null>(null);

  to(target: Target): void {
    // A new object each time, so that the same place can be asked for twice.
    this.target = { ...target };
  }
}

export const jump = new Jump();
