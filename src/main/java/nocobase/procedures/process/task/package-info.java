/** What people get with a task and answer in it: evidence, choices, checks of their answers, reminders. */
package nocobase.procedures.process.task;
