/** The nginx in front of a cluster: what clients get, as configuration text, and the proof that they get it. */
package nocobase.procedures.balancer;
