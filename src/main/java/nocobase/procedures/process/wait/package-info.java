/** How receive tasks wait: the watcher looks at the world until a condition is met, and sends the token on. */
package nocobase.procedures.process.wait;
