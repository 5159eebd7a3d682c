"""What the builder of tries says on a full disk."""

import sys

if __name__ == "__main__":
    sys.exit(f"can't write {sys.argv[2]}: No space left on device")
