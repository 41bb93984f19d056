/** What goes on side by side or again and again: bounded probes, background work, rounds, a signal that wakes. Knows nobody. */
package nocobase.procedures.concurrent;
