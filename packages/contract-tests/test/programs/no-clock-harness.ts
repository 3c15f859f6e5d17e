/** What a beginner writes: it opens a store, and says nothing of what it can do. */
export default { name: 'half a harness', open: async () => null };
