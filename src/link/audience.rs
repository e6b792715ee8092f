//! Who a build is for. What they may not see is gone before anything is linked, counted or indexed.
