"""The pages of the question bank; thin layers over quizbank.practice."""
