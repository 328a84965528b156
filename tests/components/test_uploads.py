"""Which packages are uploaded, which are referenced: told by the container's metadata."""

from __future__ import annotations

from components._live.uploads import Upload, plan_upload

V1, V2, V3 = "1111111111111111", "2222222222222222", "3333333333333333"


def after(*digests: str | None) -> dict[str, str]:
    """The metadata after these packages were asked for, one update each."""
    metadata: dict[str, str] = {}
    for digest in digests:
        metadata = dict(plan_upload(metadata, digest).metadata or {})
    return metadata


def test_the_first_package_is_uploaded_and_remembered() -> None:
    assert plan_upload({}, V1) == Upload(True, {f"h{V1}": "uploaded", "managed": V1})


def test_the_same_package_stays_declared() -> None:
    assert plan_upload(after(V1), V1) == Upload(True, {f"h{V1}": "uploaded", "managed": V1})


def test_a_new_package_is_uploaded_and_the_old_one_remembered() -> None:
    assert plan_upload(after(V1), V2) == Upload(True, {f"h{V1}": "uploaded", f"h{V2}": "uploaded", "managed": V2})


def test_a_package_that_was_uploaded_before_is_referenced() -> None:
    assert plan_upload(after(V1, V2, V3), V1) == Upload(False, {**after(V1, V2, V3), "managed": "none"})


def test_a_referenced_package_stays_referenced() -> None:
    metadata = after(V1, V2, V1)
    assert plan_upload(metadata, V1) == Upload(False, metadata)


def test_what_was_managed_before_a_rollback_is_referenced_afterwards() -> None:
    assert plan_upload(after(V1, V2, V1), V2) == Upload(False, after(V1, V2, V1))


def test_a_pruned_package_is_uploaded_again() -> None:
    metadata = {name: value for name, value in after(V1, V2).items() if name != f"h{V1}"}
    assert plan_upload(metadata, V1) == Upload(True, {f"h{V1}": "uploaded", f"h{V2}": "uploaded", "managed": V1})


def test_nothing_to_upload_leaves_the_container_as_it_is() -> None:
    assert plan_upload({}, None) == Upload(False, {})
    assert plan_upload(after(V1), None) == Upload(False, {f"h{V1}": "uploaded", "managed": "none"})


def test_metadata_of_others_is_left_alone() -> None:
    assert plan_upload({"owner": "ada"}, V1).metadata == {"owner": "ada", f"h{V1}": "uploaded", "managed": V1}
    assert plan_upload({"owner": "ada"}, None).metadata == {"owner": "ada"}
