"""One file a shape: which layers it has, and how a key is put into the environment's own one."""
