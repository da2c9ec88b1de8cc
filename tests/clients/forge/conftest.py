from tests.support.forges import bench, forge, make_bench, origin

__all__ = ["bench", "forge", "make_bench", "origin"]
