/** The version of the contract that this suite proves; rules say in `since` which one brought them. */
export const CONTRACT_VERSION = '1.0';
