from tests.support.forges import bench, make_bench, origin

__all__ = ["bench", "make_bench", "origin"]
