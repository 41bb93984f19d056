package nocobase.procedures.web;

/** What came of a deed, or why it was refused. */
record Message(String message) {}
