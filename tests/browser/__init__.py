from playwright.sync_api import expect

expect.set_options(timeout=20_000)  # as patient as `Locator.wait_for`, for machines that are busy
