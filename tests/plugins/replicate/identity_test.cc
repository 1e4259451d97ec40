#include "identity.h"

#include <gtest/gtest.h>
