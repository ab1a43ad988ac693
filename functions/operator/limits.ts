/** How long one command may work; what takes longer goes on with the next call. */
export const operatorSeconds = 25;
