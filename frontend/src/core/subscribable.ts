/** Something whose changes can be listened to. */
export class Subscribable<Args extends unknown[] = []> {
  private readonly listeners = new Set<(...args: Args) => void>();

  /** Calls the listener at each change, until the function that comes back is called. */
  readonly subscribe = (listener: (...args: Args) => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  protected notify(...args: Args): void {
    for (const listener of [...this.listeners]) listener(...args);
  }
}
